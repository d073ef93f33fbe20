#!/bin/sh
# Runs first in the new namespaces, as their root: builds a file system that holds only the folders
# named, read-only, and one small scratch folder; moves into it; gives up every privilege.
# usage: jail.sh MOUNT_POINT SCRATCH_BYTES FOLDER... -- COMMAND...
set -eu
PATH=/usr/sbin:/usr/bin:/sbin:/bin
root=$1 size=$2
shift 2

mount -t tmpfs -o "size=$size,mode=755,nosuid,nodev" jail "$root"
while [ "$1" != -- ]; do
    mkdir -p "$root$(dirname "$1")"
    if [ -L "$1" ]; then
        cp -P "$1" "$root$1"            # /lib and /bin are often links into /usr
    elif [ -d "$1" ]; then
        mkdir -p "$root$1"
        mount --rbind "$1" "$root$1"
        mount -o remount,bind,ro,nosuid,nodev "$root$1"
    fi
    shift
done
shift
mkdir "$root/dev" "$root/old" "$root/scratch"
chmod 1777 "$root/scratch"
for device in null urandom; do
    : > "$root/dev/$device"
    mount --bind "/dev/$device" "$root/dev/$device"
done

# pivot_root, not chroot: nothing of the old tree is left to climb back to
cd "$root"
ln -s old/proc proc                     # umount looks there
pivot_root . old
umount -l /old
rm proc
cd /scratch

drop="--no-new-privs --bounding-set=-all --inh-caps=-all"
if [ "$JAIL_FROM_ROOT" = 1 ]; then
    # the kernel counts no processes of the real root: become nobody, in a user namespace of its own
    setpriv --reuid=65534 --regid=65534 --clear-groups $drop unshare --user -- "$@"
else
    setpriv $drop -- "$@"
fi
# not exec: this shell is process 1 of the namespace, and all that is left running dies with it
exit $?
