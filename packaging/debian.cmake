# SPDX-License-Identifier: MIT
# The Debian package, as packaging/build.sh makes it. Holds the relay with its page, the service of deploy/ for /usr/bin, an empty
# /etc/tabcast.conf and the notices; which libraries it needs is read from the binary (dpkg-shlibdeps).

set(package_dir "${PROJECT_BINARY_DIR}/packaging")
file(READ "${PROJECT_SOURCE_DIR}/deploy/tabcast.service" service)
string(REPLACE "/usr/local/bin/tabcast" "/usr/bin/tabcast" service "${service}")
# What an administrator is told to do by hand, the package has done.
string(REGEX REPLACE "# Copy to [^\n]*\n# /etc/tabcast.conf [^\n]*\n" "# Options: /etc/tabcast.conf (lines of `name = value`, see `tabcast --help`).\n" service "${service}")
file(CONFIGURE OUTPUT "${package_dir}/tabcast.service" CONTENT "${service}" @ONLY)

install(TARGETS tabcast RUNTIME DESTINATION /usr/bin)
install(FILES "${package_dir}/tabcast.service" DESTINATION /usr/lib/systemd/system)
install(FILES "${CMAKE_CURRENT_LIST_DIR}/debian/tabcast.conf" DESTINATION /etc)
install(FILES "${PROJECT_SOURCE_DIR}/LICENSE" DESTINATION /usr/share/doc/tabcast RENAME copyright)
install(FILES "${PROJECT_SOURCE_DIR}/NOTICE.md" "${PROJECT_SOURCE_DIR}/CHANGELOG.md"
              "${PROJECT_SOURCE_DIR}/docs/self-hosting.md" "${PROJECT_SOURCE_DIR}/deploy/nginx.conf"
              "${PROJECT_SOURCE_DIR}/deploy/haproxy.cfg" DESTINATION /usr/share/doc/tabcast)

if(TABCAST_STATIC_LWS)
    # The licences of what is inside, as Debian and libwebsockets state them.
    foreach(library libcjose libev libjansson liboath libsodium libsqlite3 liburing)
        install(FILES "/usr/share/doc/${library}-dev/copyright" DESTINATION /usr/share/doc/tabcast/licences RENAME "${library}")
    endforeach()
    install(FILES "${TABCAST_STATIC_LWS}/LICENSE" DESTINATION /usr/share/doc/tabcast/licences RENAME libwebsockets)
endif()

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME tabcast)
set(CPACK_PACKAGE_VERSION "${PROJECT_VERSION}")
set(CPACK_PACKAGE_CONTACT "Tabcast <tabcast@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "live shows from a browser tab")
set(CPACK_PACKAGE_DESCRIPTION "A creator goes live from a browser tab, or with ffmpeg or OBS; people watch and chat in theirs.
 One relay carries and records the shows and serves the page.")
set(CPACK_PACKAGE_FILE_NAME "tabcast_${PROJECT_VERSION}_${CMAKE_SYSTEM_PROCESSOR}")
set(CPACK_STRIP_FILES ON)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
# Absolute places, so that /etc is the system's own.
set(CPACK_SET_DESTDIR ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION video)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS procps) # `systemctl reload` uses kill
if(NOT TABCAST_STATIC_LWS)
    # The shared library loads its event loop by name, which the binary does not tell.
    string(APPEND CPACK_DEBIAN_PACKAGE_DEPENDS ", libwebsockets-evlib-ev")
endif()
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "systemd")
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA "${CMAKE_CURRENT_LIST_DIR}/debian/conffiles"
    "${CMAKE_CURRENT_LIST_DIR}/debian/postinst" "${CMAKE_CURRENT_LIST_DIR}/debian/prerm" "${CMAKE_CURRENT_LIST_DIR}/debian/postrm")
include(CPack)
