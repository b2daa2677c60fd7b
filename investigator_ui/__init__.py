"""investigator_ui"""
