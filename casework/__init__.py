"""What people decide about clusters, and the reports of it: decisions, the audit log, sealed reports, exports."""
