package dev.enclave.emulators.internal.aws.kms.request;

import dev.enclave.emulators.internal.aws.common.Caller;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One call of an operation. For one thread. */
public final class Call {

  private final String operation;
  private final Input input;
  private final Caller caller;
  private final Instant now;
  private @Nullable String keyId;
  private @Nullable String alias;
  private Map<String, String> tags = Map.of();
  private List<String> removed = List.of();

  public Call(String operation, Input input, Caller caller, Instant now) {
    this.operation = operation;
    this.input = input;
    this.caller = caller;
    this.now = now;
  }

  public String operation() {
    return operation;
  }

  public Input input() {
    return input;
  }

  public Caller caller() {
    return caller;
  }

  public Instant now() {
    return now;
  }

  /** The tags that it brings, which decide whether it is allowed. */
  public void brings(Map<String, String> newTags) {
    tags = Map.copyOf(newTags);
  }

  public Map<String, String> tags() {
    return tags;
  }

  /** The keys of the tags that it removes, which decide too. */
  public void removes(List<String> tagKeys) {
    removed = List.copyOf(tagKeys);
  }

  /** Those of the tags that it brings and of those that it removes. */
  public List<String> tagKeys() {
    return Stream.concat(tags.keySet().stream(), removed.stream()).toList();
  }

  /** That it names the key by this alias. */
  public void names(String newAlias) {
    alias = newAlias;
  }

  public Optional<String> alias() {
    return Optional.ofNullable(alias);
  }

  /** For the journal. */
  public void concerns(String id) {
    keyId = id;
  }

  public Optional<String> keyId() {
    return Optional.ofNullable(keyId);
  }
}
