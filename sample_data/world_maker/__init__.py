"""The makers of the sample world. Run sample_data/make_world.py; nothing here is part of the product."""
