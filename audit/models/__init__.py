"""What audits leave behind: findings, cases, audits, decoys."""
