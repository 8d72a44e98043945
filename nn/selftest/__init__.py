"""Does everything work on this machine's GPU?  ``python -m nn.selftest`` prints a page to read, or to send to us.

It compares every CUDA form with its plain form and every gradient with finite differences on the device, trains a small
network on both devices, and takes times.  The exit status is 1 if something is wrong.
"""
