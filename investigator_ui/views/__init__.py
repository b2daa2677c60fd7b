"""What pages show, computed without Streamlit: frames and frozen records in, rows and safe sentences out."""
