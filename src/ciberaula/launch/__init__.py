"""Opening the classroom: the environment, the trainee's workspace, the Jupyter server and its home pages."""
