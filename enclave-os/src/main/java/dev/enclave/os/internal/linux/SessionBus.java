package dev.enclave.os.internal.linux;

import dev.enclave.os.internal.Texts;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.detection.Detection;
import dev.enclave.spi.detection.EnvironmentSnapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Where the session bus is, and whether a Secret Service on it is likely. */
final class SessionBus {

  private static final String ADDRESS = "DBUS_SESSION_BUS_ADDRESS";
  private static final String RUNTIME = "XDG_RUNTIME_DIR";

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
    evidence.add(Texts.DBUS_SESSION_BUS.with(address));
    evidence.addAll(serviceSigns(environment));
    return evidence.size() > 1
        ? new Detection.Present(evidence)
        : new Detection.Inconclusive(Texts.NO_SIGN_OF_SECRET_SERVICE.with());
  }

  private static List<String> serviceSigns(EnvironmentSnapshot environment) {
    List<String> signs = new ArrayList<>();
    environment
        .variable(RUNTIME)
        .map(runtime -> runtime + "/keyring/control")
        .filter(environment::exists)
        .ifPresent(socket -> signs.add(Texts.GNOME_KEYRING_LISTENS.with(socket)));
    for (String directory : serviceDirectories(environment)) {
      for (String service : SERVICES) {
        String file = directory + "/dbus-1/services/" + service;
        if (environment.exists(file)) {
          signs.add(Texts.DBUS_STARTS_SECRET_SERVICE.with(file));
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
      throw Texts.BUS_IS_NO_SOCKET.permanent(
          FailureCode.MISCONFIGURED, ADDRESS, Texts.START_SESSION.with());
    }
    String path = address.substring(Bus.SOCKET.length()).split(",", 2)[0];
    if (!environment.exists(path)) {
      throw Texts.SOCKET_MISSING.permanent(
          FailureCode.MISCONFIGURED, ADDRESS, path, Texts.START_SESSION.with());
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
                Texts.NO_SESSION_BUS.permanent(
                    FailureCode.MISCONFIGURED, ADDRESS, RUNTIME, Texts.START_SESSION.with()));
  }
}
