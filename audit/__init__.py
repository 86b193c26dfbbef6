"""Whether what was done was right: detectors, findings and cases, monthly audits, leaks traced to their source."""
