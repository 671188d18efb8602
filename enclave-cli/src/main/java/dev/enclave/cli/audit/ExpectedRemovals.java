package dev.enclave.cli.audit;

import dev.enclave.audit.AuditVerification.Options;
import dev.enclave.cli.text.Texts;
import dev.enclave.error.ErrorCode;
import dev.enclave.internal.Quoted;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say which records may be missing, beside checkpoints that were kept. */
final class ExpectedRemovals {

  private static final Pattern MARK = Pattern.compile("([0-9]{1,2}):([0-9]{1,18})");

  @Option(
      names = "--retention",
      paramLabel = "AGE",
      description = {
        "The retention you expect, such as P400D. Removals are believed",
        "of records that a checkpoint kept that long ago covers."
      })
  private @Nullable String retention;

  @Option(
      names = "--removed-to",
      paramLabel = "LANE:N",
      description = {
        "Records up to N of the lane may be gone. Believed of records that",
        "a checkpoint kept a day ago covers. May be repeated, a lane each."
      })
  private List<String> removedTo = new ArrayList<>();

  boolean isEmpty() {
    return retention == null && removedTo.isEmpty();
  }

  /** With the checkpoints that were kept, and their key if it was kept. */
  Options options(List<String> checkpoints, Optional<String> key) {
    Options options = Options.none();
    for (String checkpoint : checkpoints) {
      options = options.and(checkpoint);
    }
    if (key.isPresent()) {
      options = options.verifierKeys(key.get());
    }
    if (retention != null) {
      options = options.retention(age(retention));
    }
    for (String mark : removedTo) {
      Matcher parts = MARK.matcher(mark);
      if (!parts.matches()) {
        throw Texts.REMOVED_TO_NO_MARK.as(ErrorCode.INVALID_ARGUMENT, Quoted.of(mark));
      }
      options = options.removedTo(Integer.parseInt(parts.group(1)), Long.parseLong(parts.group(2)));
    }
    return options;
  }

  private static Duration age(String text) {
    try {
      return Duration.parse(text);
    } catch (DateTimeParseException e) {
      throw Texts.RETENTION_NO_DURATION.as(ErrorCode.INVALID_ARGUMENT, Quoted.of(text));
    }
  }
}
