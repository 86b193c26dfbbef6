"""Files: written for people (PDF, XLSX, CSV), and tables read from strangers (CSV, XLSX, XLS). Knows no Django."""
