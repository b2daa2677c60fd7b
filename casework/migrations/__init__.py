"""The steps from each version of the work store to the next, run by `casework.work_store`."""
