package dev.enclave.os.internal.linux;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.function.BooleanSupplier;

/** A Secret Service that is not GNOME's, on the bus of a desk, without a screen. */
enum OtherService {
  KEEPASSXC("keepassxc") {
    @Override
    void start(RealDesk desk) throws IOException {
      Path home = desk.home();
      Files.writeString(home.resolve("keepassxc.ini"), KEEPASSXC_SETTINGS);
      UUID group = UUID.randomUUID();
      ByteBuffer raw = ByteBuffer.allocate(16);
      raw.putLong(group.getMostSignificantBits()).putLong(group.getLeastSignificantBits());
      String text = Base64.getEncoder().encodeToString(raw.array());
      Files.writeString(home.resolve("database.xml"), DATABASE.formatted(group, text));
      desk.run(
          PASSWORD + "\n" + PASSWORD + "\n",
          "keepassxc-cli",
          "import",
          "-p",
          home.resolve("database.xml").toString(),
          home.resolve("database.kdbx").toString());
      desk.startService(
          "",
          "env",
          "QT_QPA_PLATFORM=offscreen",
          "keepassxc",
          "--config",
          home.resolve("keepassxc.ini").toString(),
          "--localconfig",
          home.resolve("keepassxc-local.ini").toString());
      unlock(desk);
    }

    @Override
    void unlock(RealDesk desk) {
      String file = desk.home().resolve("database.kdbx").toString();
      window(desk, "openDatabase", "string:" + file, "string:" + PASSWORD);
      until(() -> aliasDefault(desk).contains("/org/freedesktop/secrets/collection/"));
    }

    @Override
    void lock(RealDesk desk) {
      window(desk, "lockAllDatabases");
    }

    private void window(RealDesk desk, String method, String... arguments) {
      String name = "org.keepassxc.KeePassXC.MainWindow";
      call(desk, name, "/keepassxc", name, method, arguments);
    }
  },

  KWALLET("kwalletd6") {
    @Override
    void start(RealDesk desk) throws IOException {
      Path settings = Files.createDirectories(desk.home().resolve(".config"));
      Files.writeString(settings.resolve("kwalletrc"), KWALLET_SETTINGS);
      desk.startService("", "env", "QT_QPA_PLATFORM=offscreen", "kwalletd6");
      unlock(desk);
    }

    /** As at the login: with what PAM makes of the password. */
    @Override
    void unlock(RealDesk desk) {
      String hash = "array:byte:" + String.join(",", Collections.nCopies(56, "7"));
      daemon(desk, "pamOpen", "string:kdewallet", hash, "int32:0");
      until(() -> daemon(desk, "isOpen", "string:kdewallet").contains("boolean true"));
    }

    @Override
    void lock(RealDesk desk) {
      daemon(desk, "closeAllWallets");
    }

    private String daemon(RealDesk desk, String method, String... arguments) {
      return call(
          desk, "org.kde.kwalletd6", "/modules/kwalletd6", "org.kde.KWallet", method, arguments);
    }
  };

  private static final String PASSWORD = "the database password";

  private static final String KEEPASSXC_SETTINGS =
      """
      [FdoSecrets]
      Enabled=true
      ConfirmAccessItem=false
      ConfirmDeleteItem=false
      ShowNotification=false
      """;

  private static final String KWALLET_SETTINGS =
      """
      [Wallet]
      Enabled=true
      First Use=false
      Default Wallet=kdewallet
      Prompt on Open=false

      [org.freedesktop.secrets]
      apiEnabled=true
      """;

  /** One group, which is the one that programs may use. */
  private static final String DATABASE =
      """
      <?xml version="1.0" encoding="UTF-8" standalone="yes"?>
      <KeePassFile>
        <Meta>
          <DatabaseName>Passwords</DatabaseName>
          <CustomData>
            <Item><Key>FDO_SECRETS_EXPOSED_GROUP</Key><Value>{%s}</Value></Item>
          </CustomData>
        </Meta>
        <Root><Group><UUID>%s</UUID><Name>Passwords</Name></Group></Root>
      </KeePassFile>
      """;

  private final String program;

  OtherService(String program) {
    this.program = program;
  }

  /** Makes its database, starts it, and unlocks it. */
  abstract void start(RealDesk desk) throws IOException;

  abstract void unlock(RealDesk desk);

  abstract void lock(RealDesk desk);

  boolean installed() {
    return Files.isExecutable(Path.of("/usr/bin", program));
  }

  private static String aliasDefault(RealDesk desk) {
    String service = "org.freedesktop.Secret.Service";
    return call(
        desk,
        "org.freedesktop.secrets",
        "/org/freedesktop/secrets",
        service,
        "ReadAlias",
        "string:default");
  }

  /** It answers before it has done it; each question is a process of its own. */
  private static void until(BooleanSupplier done) {
    for (int i = 0; i < 1000; i++) {
      if (done.getAsBoolean()) {
        return;
      }
    }
    throw new IllegalStateException("it never got unlocked");
  }

  /** Calls a method of the program's own, and waits for its answer. */
  private static String call(
      RealDesk desk, String name, String path, String type, String method, String... arguments) {
    List<String> command =
        new ArrayList<>(
            List.of("dbus-send", "--bus=" + desk.address(), "--print-reply", "--dest=" + name));
    command.add(path);
    command.add(type + "." + method);
    command.addAll(List.of(arguments));
    String said = desk.run("", command.toArray(new String[0]));
    if (!said.contains("method return")) {
      throw new IllegalStateException(method + " was not answered");
    }
    return said;
  }
}
