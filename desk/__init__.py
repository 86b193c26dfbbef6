"""Pages of the workbench for staff: the frame, the views, the words."""
