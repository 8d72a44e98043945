"""A course in nine labs: tasks, a checker that names the mistake, release and grading.

``python -m labs --help`` lists the commands.  A lab is one folder, ``labs/NN_name/`` (docs/labs.md says how to
add one); ``labs/harness`` is what runs, judges, releases and grades them.
"""
