# Standard error of a command for which that is a terminal, and its status.
import os, pty, sys
ours, theirs = pty.openpty()
child = os.fork()
if child == 0:
    os.dup2(os.open("/dev/null", os.O_WRONLY), 1)
    os.dup2(theirs, 2)
    os.close(ours)
    os.execv(sys.argv[1], sys.argv[1:])
os.close(theirs)
try:
    while part := os.read(ours, 4096):
        sys.stderr.buffer.write(part)
except OSError: # how Linux says that the last writer is gone
    pass
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
