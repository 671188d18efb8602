package dev.enclave.kit.setup;

import dev.enclave.EnvironmentType;
import dev.enclave.internal.WrongSetting;
import dev.enclave.kit.texts.Texts;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.BackendSettings;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.SecretBytes;
import dev.enclave.spi.SettingSpec;
import dev.enclave.spi.detection.EnvironmentSnapshot;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.net.ssl.TrustManager;

/**
 * Reads a backend's settings, and refuses what they cannot be by one wording: what is set, and what
 * to write instead. White space around a value, and a value of nothing else, count for nothing.
 * Immutable.
 *
 * @param settings those of one section
 */
public record CheckedSettings(BackendSettings settings) {

  /**
   * The settings that a text lists: each begins with its name and a colon, and its description goes
   * on in lines that are indented. {@code secret} before the name has its value shown nowhere.
   */
  public static List<SettingSpec> specs(String table) {
    return Stream.of(table.strip().split("\n(?=\\S)", -1))
        .map(row -> row.replaceAll("\\s+", " ").split(": ", 2))
        .map(
            row ->
                row[0].startsWith("secret ")
                    ? SettingSpec.secret(row[0].substring(row[0].indexOf(' ') + 1), row[1])
                    : SettingSpec.of(row[0], row[1]))
        .toList();
  }

  /** The name as the operator writes it. */
  public String fullName(String name) {
    return settings.fullName(name);
  }

  /**
   * What the application's source of secrets answers, for clients that take text alone: it cannot
   * be wiped.
   */
  public Optional<String> secret(String name) {
    Optional<SecretBytes> answered = settings.secret(name);
    if (answered.isEmpty()) {
      return Optional.empty();
    }
    try (SecretBytes secret = answered.get()) {
      return Optional.of(secret.use(bytes -> new String(bytes, StandardCharsets.UTF_8)));
    }
  }

  /** The text; none if it is not set. */
  public Optional<String> text(String name) {
    return settings.get(name).map(String::strip).filter(text -> !text.isEmpty());
  }

  /**
   * The text of a certain form; none if it is not set.
   *
   * @param fix what to write, as a sentence
   * @throws BackendFailure {@link FailureCode#MISCONFIGURED} for another form
   */
  public Optional<String> text(String name, Pattern form, String fix) throws BackendFailure {
    Optional<String> text = text(name);
    if (text.isPresent() && !form.matcher(text.get()).matches()) {
      throw wrong(name, text.get(), fix);
    }
    return text;
  }

  /**
   * A whole number; none if it is not set.
   *
   * @param fix what to write, as a sentence
   * @throws BackendFailure {@link FailureCode#MISCONFIGURED} for none, or one out of bounds
   */
  public Optional<Integer> number(String name, int least, int most, String fix)
      throws BackendFailure {
    Optional<String> text = text(name);
    if (text.isEmpty()) {
      return Optional.empty();
    }
    int number = text.get().matches("[0-9]{1,9}") ? Integer.parseInt(text.get()) : least - 1;
    if (number < least || number > most) {
      throw wrong(name, text.get(), fix);
    }
    return Optional.of(number);
  }

  /**
   * A number of connections.
   *
   * @param usual where it is not set
   */
  public int connections(String name, int usual, int most) throws BackendFailure {
    return number(name, 1, most, Texts.WRITE_UP_TO.with(most)).orElse(usual);
  }

  /**
   * The origin of an endpoint; none if it is not set.
   *
   * @param parse {@link Origin#parse} or {@link Origin#parseTls}
   * @param fix what to write, as a sentence
   * @throws BackendFailure {@link FailureCode#MISCONFIGURED} for what is none
   */
  public Optional<Origin> origin(String name, Function<String, Optional<Origin>> parse, String fix)
      throws BackendFailure {
    Optional<String> text = text(name);
    return text.isEmpty() ? Optional.empty() : Optional.of(origin(name, text.get(), parse, fix));
  }

  /**
   * The origin of an endpoint that has to be named, in PRODUCTION and STAGING by TLS.
   *
   * @throws dev.enclave.error.ConfigurationException when it is not set
   * @throws BackendFailure {@link FailureCode#MISCONFIGURED} for what is none
   */
  public Origin requiredOrigin(String name, EnvironmentType environment) throws BackendFailure {
    return origin(
        name,
        settings.require(name),
        environment.isStrict() ? Origin::parseTls : Origin::parse,
        Texts.SET_TO_HTTPS.with());
  }

  /** As {@link #origin}, of any number separated by commas. */
  public List<Origin> origins(String name, Function<String, Optional<Origin>> parse, String fix)
      throws BackendFailure {
    List<Origin> origins = new ArrayList<>();
    for (String text : settings.get(name).orElse("").split(",", -1)) {
      if (!text.isBlank()) {
        origins.add(origin(name, text.strip(), parse, fix));
      }
    }
    return List.copyOf(origins);
  }

  private Origin origin(
      String name, String text, Function<String, Optional<Origin>> parse, String fix)
      throws BackendFailure {
    return parse.apply(text).orElseThrow(() -> wrong(name, text, fix));
  }

  /**
   * Who is trusted by a file of certificates in PEM that is named; none if it is not set.
   *
   * @throws BackendFailure {@link FailureCode#MISCONFIGURED} where there is no certificate in it
   */
  public Optional<TrustManager[]> trusted(String name, EnvironmentSnapshot environment)
      throws BackendFailure {
    Optional<String> file = text(name);
    Optional<TrustManager[]> trusted = file.flatMap(environment::read).flatMap(PemTls::trust);
    if (file.isPresent() && trusted.isEmpty()) {
      throw wrong(name, file.get(), Texts.NAME_A_PEM_FILE.with());
    }
    return trusted;
  }

  /**
   * For a value that does not do.
   *
   * @param fix what to write, as a sentence
   */
  public BackendFailure wrong(String name, String value, String fix) {
    return WrongSetting.of(settings, name, value, fix);
  }
}
