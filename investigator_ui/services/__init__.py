"""What both the command line and the pages ask for: one function per job, from the workspace to the answer."""
