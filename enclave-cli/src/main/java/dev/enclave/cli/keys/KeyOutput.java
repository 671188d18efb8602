package dev.enclave.cli.keys;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.enclave.EnvironmentType;
import dev.enclave.KeyInfo;
import dev.enclave.KeyInfo.StampReading;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.RotationInterval;
import dev.enclave.cli.text.JsonOutput;
import dev.enclave.cli.text.Text;
import dev.enclave.cli.text.Texts;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A key as text for people and as JSON for programs. */
final class KeyOutput {

  private KeyOutput() {}

  static List<String> text(KeyInfo key) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(row("name", key.name()));
    rows.add(row("handle", key.handle()));
    rows.add(row("algorithm", key.algorithm()));
    rows.add(row("purpose", key.purpose()));
    rows.add(row("backend", key.handle().backend()));
    rows.add(row("assurance", key.assurance()));
    rows.add(row("environment", key.stamp()));
    rows.add(row("active version", orNone(key.active().map(KeyVersion::id))));
    rows.add(row("created", key.createdAt()));
    rows.add(row("last rotated", key.lastRotatedAt().map(Object::toString).orElse("never")));
    rows.add(row("rotation interval", key.rotation()));
    key.nextPublicationAt().ifPresent(at -> rows.add(row("next publication", at)));
    rows.add(row("next rotation", key.nextRotationAt().map(Object::toString).orElse("never")));
    rows.add(row("adopted", key.adopted() ? "yes" : "no"));
    rows.add(row("exportable", key.exportable() ? "yes" : "no"));
    rows.add(row("provider URI", key.providerUri()));
    key.movedTo().ifPresent(to -> rows.add(row("moved to", to)));
    for (KeyVersion version : key.versions()) {
      rows.add(
          row(
              Texts.VERSION_LABEL.with(version.id()),
              Texts.VERSION_LINE.with(
                  version.state(),
                  version.origin(),
                  version.assurance(),
                  version.createdAt(),
                  version.activatedAt().map(at -> Texts.BECAME_ACTIVE.with(at)).orElse(""))));
      version.publicKey().ifPresent(its -> rows.add(row("fingerprint", its.fingerprint())));
      version.publicKeyFault().ifPresent(fault -> rows.add(row(Texts.NOT_USED.with(), fault)));
    }
    return Text.table(rows);
  }

  static List<String> list(List<KeyInfo> keys) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("NAME", "ALGORITHM", "ACTIVE", "VERSIONS", "ASSURANCE", "BACKEND"));
    for (KeyInfo key : keys) {
      rows.add(
          List.of(
              key.name().value(),
              key.algorithm().name(),
              orNone(key.active().map(KeyVersion::id)),
              String.valueOf(key.versions().size()),
              key.assurance().name(),
              key.handle().backend().value()));
    }
    return Text.table(rows);
  }

  /**
   * What comes when.
   *
   * @param due those with a next rotation, in that order
   * @param never how many are never due
   * @param policy the interval of keys that have none of their own
   */
  static List<String> due(List<KeyInfo> due, long never, Instant now, RotationInterval policy) {
    List<String> lines = new ArrayList<>();
    if (!due.isEmpty()) {
      List<List<String>> rows = new ArrayList<>();
      rows.add(List.of("NAME", "DUE", "IN", "PUBLISHED", "INTERVAL", "ACTIVE", "LAST ROTATED"));
      for (KeyInfo key : due) {
        Instant at = key.nextRotationAt().orElseThrow();
        rows.add(
            List.of(
                key.name().value(),
                at.truncatedTo(ChronoUnit.SECONDS).toString(),
                key.active().isEmpty() ? Texts.NO_ACTIVE_VERSION.with() : distance(now, at),
                publication(key),
                key.rotation().inherited() ? policy + " (policy)" : key.rotation().toString(),
                orNone(key.active().map(KeyVersion::id)),
                key.lastRotatedAt()
                    .map(last -> last.truncatedTo(ChronoUnit.SECONDS).toString())
                    .orElse("never")));
      }
      lines.addAll(Text.table(rows));
    } else {
      lines.add(Texts.NO_KEY_IS_DUE.with());
    }
    if (never > 0) {
      lines.add(
          Texts.NEVER_DUE.with(never, never == 1 ? Texts.KEY_IS.with() : Texts.KEYS_ARE.with()));
    }
    return lines;
  }

  /** When the next version is published, or which one is; nothing where none is ahead. */
  private static String publication(KeyInfo key) {
    return key.nextPublicationAt()
        .map(at -> at.truncatedTo(ChronoUnit.SECONDS).toString())
        .or(
            () ->
                key.versions().stream()
                    .filter(version -> version.state() == KeyState.PENDING)
                    .reduce((older, newer) -> newer)
                    .map(version -> Texts.VERSION_LABEL.with(version.id())))
        .orElse(Texts.NOT_AHEAD.with());
  }

  private static String distance(Instant now, Instant at) {
    Duration distance = Duration.between(now, at).abs();
    String length =
        distance.toDays() > 1
            ? Texts.DAYS.with(distance.toDays())
            : distance.toHours() > 1
                ? Texts.HOURS.with(distance.toHours())
                : Texts.MINUTES.with(distance.toMinutes());
    return at.isAfter(now) ? length : Texts.DUE_FOR.with(length);
  }

  static void json(JsonGenerator json, KeyInfo key) throws IOException {
    json.writeStringField("name", key.name().value());
    json.writeStringField("handle", key.handle().toString());
    json.writeStringField("backend", key.handle().backend().value());
    json.writeStringField("authority", key.handle().authority());
    json.writeStringField("algorithm", key.algorithm().name());
    json.writeStringField("purpose", key.purpose().name());
    json.writeStringField("assurance", key.assurance().name());
    JsonOutput.field(json, "environment", environment(key.stamp()));
    JsonOutput.field(json, "environmentUnreadable", whyUnreadable(key.stamp()));
    JsonOutput.field(json, "activeVersion", key.active().map(KeyVersion::id));
    json.writeStringField("createdAt", key.createdAt().toString());
    JsonOutput.field(json, "lastRotatedAt", key.lastRotatedAt());
    json.writeStringField("rotationInterval", key.rotation().toString());
    JsonOutput.field(json, "nextRotationAt", key.nextRotationAt());
    JsonOutput.field(json, "nextPublicationAt", key.nextPublicationAt());
    json.writeBooleanField("adopted", key.adopted());
    json.writeBooleanField("exportable", key.exportable());
    json.writeStringField("providerUri", key.providerUri());
    JsonOutput.array(json, "versions", key.versions(), KeyOutput::json);
  }

  private static void json(JsonGenerator json, KeyVersion version) throws IOException {
    json.writeStringField("id", version.id().value());
    json.writeStringField("state", version.state().name());
    json.writeStringField("createdAt", version.createdAt().toString());
    JsonOutput.field(json, "activatedAt", version.activatedAt());
    json.writeStringField("origin", version.origin().name());
    json.writeStringField("assurance", version.assurance().name());
    json.writeStringField("providerUri", version.providerUri());
    JsonOutput.field(json, "fingerprint", version.publicKey().map(key -> key.fingerprint()));
    JsonOutput.field(json, "publicKeyFault", version.publicKeyFault());
  }

  private static Optional<EnvironmentType> environment(StampReading stamp) {
    return stamp instanceof StampReading.Stamped stamped
        ? Optional.of(stamped.environment())
        : Optional.empty();
  }

  private static Optional<String> whyUnreadable(StampReading stamp) {
    return stamp instanceof StampReading.Unreadable unreadable
        ? Optional.of(unreadable.reason())
        : Optional.empty();
  }

  private static List<String> row(String name, Object value) {
    return List.of(name, value.toString());
  }

  private static String orNone(Optional<?> value) {
    return value.map(Object::toString).orElse("none");
  }
}
