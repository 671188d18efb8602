package dev.enclave.software.internal.backend;

import dev.enclave.KeyHandle;
import dev.enclave.KeyName;
import dev.enclave.error.UsageException;
import dev.enclave.internal.Quoted;
import dev.enclave.internal.RegularFiles;
import dev.enclave.software.internal.texts.Texts;
import dev.enclave.software.store.StoreKind;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.BackendSettings;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.SecretBytes;
import dev.enclave.spi.SettingSpec;
import dev.enclave.spi.backend.BackendContext;
import dev.enclave.spi.detection.EnvironmentSnapshot;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The settings of the software backend, read and checked. */
public final class SoftwareSettings implements AutoCloseable {

  public static final String DIRECTORY = "directory";
  static final String PASSPHRASE = "passphrase";
  static final String PASSPHRASE_FILE = "passphrase-file";

  public static final List<SettingSpec> SPECS =
      List.of(
          SettingSpec.of(
              DIRECTORY,
              "Where key files are kept, for example /var/lib/wallet/keys; by default"
                  + " .enclave/keys in the user's home directory."),
          SettingSpec.secret(
              PASSPHRASE,
              "The passphrase that protects the key files, for example 6 random words."),
          SettingSpec.of(
              PASSPHRASE_FILE,
              "A file whose first line is the passphrase, for example"
                  + " /run/secrets/enclave-passphrase."));

  private static final int LONGEST_PASSPHRASE = 4096;

  private final BackendSettings settings;
  private final Path directory;
  private final Optional<SecretBytes> answered;

  private SoftwareSettings(
      BackendSettings settings, Path directory, Optional<SecretBytes> answered) {
    this.settings = settings;
    this.directory = directory;
    this.answered = answered;
  }

  static SoftwareSettings of(BackendContext context, StoreKind kind) throws BackendFailure {
    BackendSettings settings = context.settings();
    requireOnePassphraseSetting(settings);
    Path directory = directory(context, kind);
    Optional<SecretBytes> answered = settings.secret(PASSPHRASE);
    SoftwareSettings all = new SoftwareSettings(settings, directory, answered);
    if (answered.isPresent() && all.isPassphraseSet()) {
      all.close();
      throw Texts.SECRET_SOURCE_AND_SETTING.permanent(
          FailureCode.MISCONFIGURED,
          settings.fullName(PASSPHRASE),
          settings.fullName(settings.get(PASSPHRASE).isPresent() ? PASSPHRASE : PASSPHRASE_FILE));
    }
    return all;
  }

  private static void requireOnePassphraseSetting(BackendSettings settings) throws BackendFailure {
    if (settings.get(PASSPHRASE).isPresent() && settings.get(PASSPHRASE_FILE).isPresent()) {
      throw Texts.BOTH_PASSPHRASE_SETTINGS.permanent(
          FailureCode.MISCONFIGURED,
          settings.fullName(PASSPHRASE),
          settings.fullName(PASSPHRASE_FILE));
    }
  }

  private static Path directory(BackendContext context, StoreKind kind) throws BackendFailure {
    BackendSettings settings = context.settings();
    String text =
        directoryText(context.snapshot(), settings, kind)
            .orElseThrow(
                () ->
                    Texts.NO_HOME.permanent(
                        FailureCode.MISCONFIGURED, settings.fullName(DIRECTORY)));
    Path directory = path(settings, DIRECTORY, text);
    requireNameable(settings, directory, kind);
    return directory;
  }

  /** The directory is part of every handle, so it must be fit for one before there are keys. */
  private static void requireNameable(BackendSettings settings, Path directory, StoreKind kind)
      throws BackendFailure {
    try {
      new KeyHandle(kind.backend(), directory.toString(), KeyName.of("probe"), Optional.empty());
    } catch (UsageException e) {
      throw Texts.DIRECTORY_NOT_NAMEABLE.permanent(
          FailureCode.MISCONFIGURED, settings.fullName(DIRECTORY), Quoted.of(directory.toString()));
    }
  }

  /** The directory as configured or by default; none when even the home directory is unknown. */
  public static Optional<String> directoryText(
      EnvironmentSnapshot environment, BackendSettings settings, StoreKind kind) {
    return settings.get(DIRECTORY).or(() -> kind.defaultDirectory().apply(environment));
  }

  private static Path path(BackendSettings settings, String name, String text)
      throws BackendFailure {
    try {
      if (text.isBlank()) {
        throw new InvalidPathException(text, "blank");
      }
      return Path.of(text).toAbsolutePath().normalize();
    } catch (InvalidPathException e) {
      throw Texts.SETTING_NO_PATH.permanent(
          FailureCode.MISCONFIGURED, settings.fullName(name), Quoted.of(text));
    }
  }

  /** Absolute and normalized. */
  Path directory() {
    return directory;
  }

  boolean hasPassphrase() {
    return answered.isPresent() || isPassphraseSet();
  }

  private boolean isPassphraseSet() {
    return settings.get(PASSPHRASE).isPresent() || settings.get(PASSPHRASE_FILE).isPresent();
  }

  /** What to call the source of the passphrase in a message. */
  String passphraseSetting() {
    String name =
        settings.fullName(settings.get(PASSPHRASE_FILE).isPresent() ? PASSPHRASE_FILE : PASSPHRASE);
    return answered.isPresent() ? Texts.THE_SECRET_SOURCE.with(name) : name;
  }

  String fullName(String name) {
    return settings.fullName(name);
  }

  /** A passphrase, if there is one. */
  record Passphrase(Optional<SecretBytes> secret) implements AutoCloseable {
    @Override
    public void close() {
      secret.ifPresent(SecretBytes::close);
    }
  }

  /** The passphrase as UTF-8, of a file the first line without its end; the caller closes it. */
  Passphrase passphrase() throws BackendFailure {
    if (!hasPassphrase()) {
      return new Passphrase(Optional.empty());
    }
    byte[] content;
    if (answered.isPresent()) {
      content = answered.get().exposeSecret();
    } else if (settings.get(PASSPHRASE_FILE).isPresent()) {
      content = firstLine(path(settings, PASSPHRASE_FILE, settings.require(PASSPHRASE_FILE)));
    } else {
      content = settings.require(PASSPHRASE).getBytes(StandardCharsets.UTF_8);
    }
    try {
      requireLength(content.length, passphraseSetting());
    } catch (BackendFailure e) {
      Arrays.fill(content, (byte) 0);
      throw e;
    }
    return new Passphrase(Optional.of(SecretBytes.takeOver(content)));
  }

  /** Whether it is as long as a passphrase may be. */
  static boolean isFit(SecretBytes passphrase) {
    return passphrase.size() > 0 && passphrase.size() <= LONGEST_PASSPHRASE;
  }

  private static void requireLength(int length, String setting) throws BackendFailure {
    if (length == 0 || length > LONGEST_PASSPHRASE) {
      throw Texts.PASSPHRASE_LENGTH.permanent(
          FailureCode.MISCONFIGURED,
          setting,
          length == 0 ? Texts.NO_CHARACTERS.with() : Texts.MORE_THAN_BYTES.with(LONGEST_PASSPHRASE),
          LONGEST_PASSPHRASE);
    }
  }

  @Override
  public void close() {
    answered.ifPresent(SecretBytes::close);
  }

  // Links and wider permissions are common here: secrets mounted into containers have both.
  private byte[] firstLine(Path file) throws BackendFailure {
    byte[] content;
    try (var in = RegularFiles.open(file)) {
      content = in.readNBytes(LONGEST_PASSPHRASE + 2);
    } catch (IOException e) {
      throw Texts.PASSPHRASE_FILE_UNREADABLE.permanent(
          FailureCode.MISCONFIGURED, settings.fullName(PASSPHRASE_FILE), file);
    }
    int end = 0;
    while (end < content.length && content[end] != '\n' && content[end] != '\r') {
      end++;
    }
    byte[] line = Arrays.copyOf(content, end);
    Arrays.fill(content, (byte) 0);
    return line;
  }
}
