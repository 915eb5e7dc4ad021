# An interface's first IPv6 address. The method `inet6 dhcp` would fail after a minute where there is no IPv6; dhcpcd asks by itself.
[ -x /sbin/dhclient ] || exit 0
files="-pf /run/dhclient6.$IFACE.pid -lf /var/lib/dhcp/dhclient6.$IFACE.leases"
case $MODE in
    start) /lib/ifupdown/wait-for-ll6.sh && dhclient -6 -nw $files "$IFACE" ;;
    stop) dhclient -6 -x $files "$IFACE" ;;
esac
exit 0
