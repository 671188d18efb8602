package dev.enclave.os.internal.linux;

import dev.enclave.os.internal.OsSettings;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.detection.Detection;
import dev.enclave.spi.detection.EnvironmentSnapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Where the session bus is, and whether a Secret Service on it is likely. */
final class SessionBus {

  private static final String ADDRESS = "DBUS_SESSION_BUS_ADDRESS";
  private static final String RUNTIME = "XDG_RUNTIME_DIR";
  private static final String START_ONE =
      "Log in to a desktop session, or start one around the program: dbus-run-session -- PROGRAM";

  /** Who activates the service by these files, by the name of the file. */
  private static final List<String> SERVICES =
      List.of(
          "org.freedesktop.secrets.service",
          "org.kde.secretservicecompat.service",
          "org.keepassxc.KeePassXC.service");

  private SessionBus() {}

  /** Without a word to the bus: that would start the service, which may ask the user. */
  static Detection detect(EnvironmentSnapshot environment) {
    String address;
    try {
      address = address(environment);
    } catch (BackendFailure e) {
      return new Detection.Absent(String.valueOf(e.getMessage()));
    }
    List<String> evidence = new ArrayList<>();
    evidence.add("D-Bus session bus at " + address);
    evidence.addAll(serviceSigns(environment));
    return evidence.size() > 1
        ? new Detection.Present(evidence)
        : new Detection.Inconclusive(
            "there is a D-Bus session bus, but no sign of a Secret Service. Install and start one,"
                + " such as gnome-keyring; or set enclave.backend=os if one runs");
  }

  private static List<String> serviceSigns(EnvironmentSnapshot environment) {
    List<String> signs = new ArrayList<>();
    environment
        .variable(RUNTIME)
        .map(runtime -> runtime + "/keyring/control")
        .filter(environment::exists)
        .ifPresent(socket -> signs.add("GNOME Keyring listens at " + socket));
    for (String directory : serviceDirectories(environment)) {
      for (String service : SERVICES) {
        String file = directory + "/dbus-1/services/" + service;
        if (environment.exists(file)) {
          signs.add("D-Bus starts a Secret Service by " + file);
        }
      }
    }
    return signs;
  }

  private static List<String> serviceDirectories(EnvironmentSnapshot environment) {
    List<String> directories = new ArrayList<>();
    environment
        .variable("XDG_DATA_HOME")
        .or(() -> environment.property("user.home").map(home -> home + "/.local/share"))
        .ifPresent(directories::add);
    directories.addAll(
        List.of(
            environment
                .variable("XDG_DATA_DIRS")
                .orElse("/usr/local/share:/usr/share")
                .split(":")));
    return directories;
  }

  /** The address of a bus whose socket is there. */
  static String address(EnvironmentSnapshot environment) throws BackendFailure {
    Optional<String> set = environment.variable(ADDRESS);
    if (set.isEmpty()) {
      return atItsUsualPlace(environment);
    }
    String address = set.get().split(";", 2)[0];
    if (!address.startsWith(Bus.SOCKET)) {
      throw OsSettings.misconfigured(
          ADDRESS
              + " names a bus that is no socket file (it must begin with unix:path=), so no Secret"
              + " Service can be reached.",
          START_ONE);
    }
    String path = address.substring(Bus.SOCKET.length()).split(",", 2)[0];
    if (!environment.exists(path)) {
      throw OsSettings.misconfigured(
          ADDRESS + " names the socket " + path + ", which does not exist: that session is over.",
          START_ONE);
    }
    return Bus.SOCKET + path;
  }

  private static String atItsUsualPlace(EnvironmentSnapshot environment) throws BackendFailure {
    return environment
        .variable(RUNTIME)
        .map(runtime -> runtime + "/bus")
        .filter(environment::exists)
        .map(path -> Bus.SOCKET + path)
        .orElseThrow(
            () ->
                OsSettings.misconfigured(
                    "There is no D-Bus session bus, which the Secret Service needs: "
                        + ADDRESS
                        + " is not set, and there is no socket bus in "
                        + RUNTIME
                        + ".",
                    START_ONE));
  }
}
