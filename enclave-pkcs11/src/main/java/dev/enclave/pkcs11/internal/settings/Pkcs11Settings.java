package dev.enclave.pkcs11.internal.settings;

import dev.enclave.kit.setup.CheckedSettings;
import dev.enclave.kit.setup.Places;
import dev.enclave.pkcs11.internal.texts.Texts;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.SettingSpec;
import dev.enclave.spi.backend.BackendContext;
import dev.enclave.spi.detection.Detection;
import dev.enclave.spi.detection.DetectionContext;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The settings of the backend for PKCS#11 tokens, read and checked.
 *
 * @param section all of them as they were written
 * @param uri which token
 * @param module the library
 * @param pin where the PIN comes from
 * @param kind what the operator says that the token is: hsm, card or token
 * @param locks where the lock files are
 * @param longestLabel of how many bytes a CKA_LABEL may be
 * @param sessions how many there may be at once
 * @param settle how long a claim of this host lies in a token that several share before it counts
 */
public record Pkcs11Settings(
    CheckedSettings section,
    Pkcs11Uri uri,
    Path module,
    PinSource pin,
    Optional<String> kind,
    Path locks,
    int longestLabel,
    int sessions,
    Optional<Duration> settle) {

  public static final String URI = "uri";
  public static final String PIN = "pin";
  public static final String PIN_FILE = "pin-file";
  public static final String KIND = "token-kind";
  public static final String LOCKS = "lock-directory";
  public static final String LONGEST_LABEL = "longest-label";
  public static final String SESSIONS = "sessions";
  public static final String SETTLE = "settle-seconds";

  public static final List<SettingSpec> SPECS =
      CheckedSettings.specs(
          """
          uri: The token and its library, as a URI of RFC 7512, for example
            pkcs11:token=wallet?module-path=/usr/lib/softhsm/libsofthsm2.so; serial, manufacturer,
            model and slot-id may be there too, and pin-source=file:/path in the query.
          pin-file: A file of this user alone whose first line is the PIN, for example
            /etc/wallet/pin.
          secret pin: The PIN, from the application's source of secrets.
          token-kind: What the token is, if it is hardware: hsm, or card or token for a small one.
            Keys then count as HSM or HARDWARE, if the slot says that it is hardware.
          lock-directory: Where the lock files are by which processes of this host change a key one
            after the other, for example /var/lib/wallet/pkcs11; by default .enclave/pkcs11 in the
            user's home directory.
          longest-label: How many bytes a CKA_LABEL may have at this token, for example 40; 52 by
            default, which every key's name fits.
          sessions: How many sessions with the token there are at most, and so how many requests at
            once, 1 to 1024, for example 4; 16 by default, or as many as the token allows.
          settle-seconds: For a token that several hosts share, and to be set on all of them to the
            same: how long a host waits before each change to see whether another one changes keys
            too, 1 to 8 seconds, for example 2; four times as long as a write takes to be seen by all.
          """);

  private static final int LONGEST_NAME = 52;
  private static final int USUAL_SESSIONS = 16;
  private static final int MOST_SESSIONS = 1024;
  private static final int LONGEST_SETTLE = 8;
  private static final Pattern KINDS = Pattern.compile("hsm|card|token");

  private static final Places PLACES = new Places("PKCS#11", List.of(), List.of(URI));

  /** Whether a token is named. */
  public static Detection detect(DetectionContext context) {
    return PLACES.detect(context);
  }

  /** Reads and checks all of them, but for the PIN, and names the setting that will not do. */
  public static Pkcs11Settings of(BackendContext context) throws BackendFailure {
    CheckedSettings settings = new CheckedSettings(context.settings());
    String text = settings.settings().require(URI).strip();
    // A PIN in it is shown to nobody.
    String shown = text.replaceAll("pin-value=[^&]*", "pin-value=***");
    Pkcs11Uri uri =
        Pkcs11Uri.parse(text)
            .filter(it -> it.path().keySet().stream().noneMatch(Pkcs11Settings::isOfKey))
            .orElseThrow(() -> settings.wrong(URI, shown, Texts.WRITE_URI.with()));
    if (uri.queried("pin-value").isPresent()) {
      throw settings.wrong(URI, shown, Texts.NO_PIN_VALUE.with(settings.fullName(PIN_FILE)));
    }
    if (uri.text("slot-id").filter(it -> !it.matches("[0-9]{1,18}")).isPresent()) {
      throw settings.wrong(URI, shown, Texts.WRITE_URI.with());
    }
    String module =
        uri.queried("module-path")
            .orElseThrow(() -> settings.wrong(URI, shown, Texts.NAME_MODULE.with()));
    Optional<String> source = uri.queried("pin-source");
    if (source.filter(it -> !it.startsWith("file:")).isPresent()) {
      throw settings.wrong(URI, shown, Texts.PIN_SOURCE_FILE.with());
    }
    Optional<String> file = settings.text(PIN_FILE);
    long sources =
        Stream.of(file.isPresent(), source.isPresent(), settings.text(PIN).isPresent())
            .filter(set -> set)
            .count();
    if (sources > 1) {
      throw Texts.SEVERAL_PINS.permanent(FailureCode.MISCONFIGURED, settings.fullName(PIN_FILE));
    }
    Optional<String> pinFile = file.or(() -> source.map(it -> it.replaceFirst("^file:(//)?", "")));
    String locks =
        settings
            .text(LOCKS)
            .or(() -> context.snapshot().property("user.home").map(it -> it + "/.enclave/pkcs11"))
            .orElseThrow(
                () -> Texts.NO_HOME.permanent(FailureCode.MISCONFIGURED, settings.fullName(LOCKS)));
    return new Pkcs11Settings(
        settings,
        uri,
        path(settings, URI, module),
        new PinSource(
            settings,
            pinFile.isPresent()
                ? Optional.of(path(settings, PIN_FILE, pinFile.get()))
                : Optional.empty()),
        settings.text(KIND, KINDS, Texts.WRITE_KIND.with()),
        path(settings, LOCKS, locks),
        settings
            .number(LONGEST_LABEL, 1, LONGEST_NAME, Texts.WRITE_UP_TO.with(LONGEST_NAME))
            .orElse(LONGEST_NAME),
        settings
            .number(SESSIONS, 1, MOST_SESSIONS, Texts.WRITE_UP_TO.with(MOST_SESSIONS))
            .orElse(USUAL_SESSIONS),
        settings
            .number(SETTLE, 1, LONGEST_SETTLE, Texts.WRITE_UP_TO.with(LONGEST_SETTLE))
            .map(Duration::ofSeconds));
  }

  private static boolean isOfKey(String attribute) {
    return List.of(Pkcs11Uri.ID, Pkcs11Uri.OBJECT, "type").contains(attribute);
  }

  private static Path path(CheckedSettings settings, String name, String text)
      throws BackendFailure {
    try {
      Path path = Path.of(text);
      if (path.isAbsolute()) {
        return path.normalize();
      }
    } catch (InvalidPathException e) {
      // Said below.
    }
    throw settings.wrong(name, text, Texts.WRITE_PATH.with());
  }
}
