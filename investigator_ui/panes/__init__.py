"""Parts of pages: what Streamlit draws of one section; what they show is computed in views."""
