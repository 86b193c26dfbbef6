"""Files of tables: written for people (XLSX, CSV) and read from strangers (CSV, XLSX, XLS). Knows no Django."""
