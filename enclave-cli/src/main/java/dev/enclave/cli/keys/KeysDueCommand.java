package dev.enclave.cli.keys;

import dev.enclave.Enclave;
import dev.enclave.KeyInfo;
import dev.enclave.admin.KeyListing;
import dev.enclave.cli.session.Session;
import dev.enclave.cli.text.JsonOutput;
import dev.enclave.cli.text.Texts;
import dev.enclave.error.ErrorCode;
import dev.enclave.internal.Quoted;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code enclave keys due}. */
@Command(
    name = "due",
    sortOptions = false,
    description = {
      "Show which key is due for rotation when, the first one first.",
      "Rotates nothing. Keys that are never due are counted only."
    })
public final class KeysDueCommand implements Callable<Integer> {

  private final Session session;

  @Option(
      names = "--within",
      paramLabel = "DURATION",
      description = "Only what is due by then: an ISO 8601 duration from now on, such as P30D.")
  private @Nullable String within;

  @Option(names = "--json", description = "Answer in JSON.")
  private boolean json;

  public KeysDueCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    Optional<Duration> ahead = Optional.ofNullable(within).map(KeysDueCommand::duration);
    return session.withEnclave(enclave -> show(enclave, ahead));
  }

  private static Duration duration(String text) {
    try {
      Duration duration = Duration.parse(text);
      if (!duration.isNegative()) {
        return duration;
      }
    } catch (DateTimeParseException | ArithmeticException e) {
      // Told below.
    }
    throw Texts.DURATION_NOT_UNDERSTOOD.as(ErrorCode.INVALID_ARGUMENT, Quoted.of(text));
  }

  private int show(Enclave enclave, Optional<Duration> ahead) {
    KeyListing listing = enclave.admin().listKeys();
    List<KeyInfo> keys = listing.keys();
    Instant now = session.now();
    List<KeyInfo> due =
        keys.stream()
            .filter(key -> key.nextRotationAt().isPresent())
            .filter(
                key ->
                    ahead.isEmpty()
                        || Duration.between(now, key.nextRotationAt().get()).compareTo(ahead.get())
                            <= 0)
            .sorted(
                Comparator.comparing((KeyInfo key) -> key.nextRotationAt().get())
                    .thenComparing(KeyInfo::name))
            .toList();
    long never = keys.stream().filter(key -> key.nextRotationAt().isEmpty()).count();
    session.print(
        json
            ? JsonOutput.object(
                out -> {
                  JsonOutput.array(out, "keys", due, KeyOutput::json);
                  out.writeNumberField("never", never);
                })
            : KeyOutput.due(due, never, now, enclave.policy().rotation()));
    return WholeList.required(listing);
  }
}
