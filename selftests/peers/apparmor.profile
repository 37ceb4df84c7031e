# SPDX-License-Identifier: GPL-2.0
# AppArmor: as close to hold/attack.hv and hold/append.hv as a profile can be.
# Entered by "confine apparmor", not by name.
profile khv-peer {
  include <apparmor.rules>
  /srv/hold/A/ r,
  /srv/hold/A/** rwk,
  link subset /srv/hold/A/** -> /srv/hold/A/**,
}

profile khv-peer-append {
  include <apparmor.rules>
  /srv/hold/A/ r,
  /srv/hold/A/** ra,
}
