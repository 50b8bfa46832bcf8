#ifndef RECORDER_WIRE_FOREIGN_H
#define RECORDER_WIRE_FOREIGN_H

/* Opens a socket for tap_open() (tap.h) in the network namespace behind the descriptor `netns`, by
 * the rights that whoever has made its user namespace has in there, and no others are needed for:
 * those of the user that we run as, user_namespaces(7).  So it is open to everybody what his own
 * programs do in namespaces of their own.
 *
 * Only a process with one thread may enter a user namespace, setns(2): a child does, and has ended
 * when this returns.  The socket stays in that network namespace, and holds it: packet(7).  The
 * socket, or -errno; -EPERM: they are somebody else's. */
int foreign_socket(int netns);

#endif
