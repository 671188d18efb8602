package dev.enclave.emulators.internal.vault.access.token;

import dev.enclave.emulators.internal.vault.common.VaultFailure;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Parameters of a request, taken as loosely as sdk/framework/field_data.go and parseutil take them:
 * numbers as texts, lists as texts with commas.
 */
public record Parameters(Map<String, ? extends @Nullable Object> values) {

  private static final Pattern PART = Pattern.compile("([0-9]+(?:\\.[0-9]+)?)(ms|s|m|h|d)");

  /** Whether it is there at all. */
  public boolean has(String name) {
    return values.get(name) != null;
  }

  /** A text, empty without one. */
  public String text(String name) {
    Object value = values.get(name);
    return value == null
        ? ""
        : value instanceof BigDecimal number ? number.toPlainString() : value.toString();
  }

  /** A list of texts. */
  public List<String> list(String name) {
    Object value = values.get(name);
    if (value instanceof List<?> list) {
      return list.stream().map(String::valueOf).toList();
    }
    return Stream.of(text(name).split(",", -1))
        .map(String::strip)
        .filter(each -> !each.isEmpty())
        .toList();
  }

  /** The first of these lists that is there. */
  public List<String> list(String name, String old) {
    return list(has(name) ? name : old);
  }

  public boolean flag(String name, boolean otherwise) {
    return has(name) ? Boolean.parseBoolean(text(name)) : otherwise;
  }

  /**
   * A whole number, 0 without one.
   *
   * @throws VaultFailure with 400 for anything else
   */
  public int number(String name) {
    try {
      return has(name) ? new BigDecimal(text(name).strip()).intValueExact() : 0;
    } catch (ArithmeticException | NumberFormatException e) {
      throw VaultFailure.invalid(
          "error converting input for field \"" + name + "\": strconv.ParseInt: invalid syntax");
    }
  }

  /** Texts by names. */
  public Map<String, String> map(String name) {
    Map<String, String> map = new LinkedHashMap<>();
    if (values.get(name) instanceof Map<?, ?> given) {
      given.forEach((key, value) -> map.put(String.valueOf(key), String.valueOf(value)));
    }
    return map;
  }

  /**
   * A duration, as a number of seconds or as Go writes it; none if it is not there or empty.
   *
   * @throws VaultFailure with 400 for anything else
   */
  public Optional<Duration> duration(String name) {
    String text = text(name).strip();
    if (text.isEmpty()) {
      return Optional.empty();
    }
    boolean negative = text.startsWith("-");
    String bare = negative ? text.substring(1) : text;
    Duration duration =
        bare.matches("[0-9]+") ? Duration.ofSeconds(Long.parseLong(bare)) : parts(bare, text);
    return Optional.of(negative ? duration.negated() : duration);
  }

  /** The first of these durations that is there, or zero. */
  public Duration duration(String name, String old) {
    return duration(name).or(() -> duration(old)).orElse(Duration.ZERO);
  }

  private static Duration parts(String bare, String whole) {
    Matcher matcher = PART.matcher(bare);
    Duration sum = Duration.ZERO;
    int at = 0;
    while (at < bare.length() && matcher.find(at) && matcher.start() == at) {
      long unit =
          switch (matcher.group(2)) {
            case "ms" -> 1;
            case "s" -> 1_000;
            case "m" -> 60_000;
            case "h" -> 3_600_000;
            default -> 86_400_000;
          };
      sum =
          sum.plusMillis(
              new BigDecimal(matcher.group(1)).multiply(BigDecimal.valueOf(unit)).longValue());
      at = matcher.end();
    }
    if (at != bare.length()) {
      throw VaultFailure.invalid("time: invalid duration \"" + whole + "\"");
    }
    return sum;
  }
}
