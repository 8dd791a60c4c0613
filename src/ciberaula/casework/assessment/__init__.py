"""What a played story shows: expectations (``spec``), general rules (``rules``) and the report (``report``)."""
