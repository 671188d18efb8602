package dev.enclave.emulators.internal.vault.common;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a handler answers, before the envelope is put around it.
 *
 * @param status the HTTP status: 200, 204 for nothing, or another one where a handler answers in
 *     full with an error's status
 * @param data of the envelope; null for none
 * @param auth of the envelope, after a login; null for none
 * @param warnings of the envelope
 * @param form how it is written
 */
public record VaultAnswer(
    int status,
    @Nullable Map<String, ? extends @Nullable Object> data,
    @Nullable Map<String, ? extends @Nullable Object> auth,
    List<String> warnings,
    Form form) {

  /** How an answer is written. */
  public enum Form {
    /** In the envelope. */
    ENVELOPE,
    /** In the envelope, and the data's members beside it once more, as most of {@code sys/} is. */
    ENVELOPE_AND_TOP_LEVEL,
    /** The data alone. */
    BARE
  }

  private static final VaultAnswer NOTHING =
      new VaultAnswer(204, null, null, List.of(), Form.ENVELOPE);

  /** 204, without a body. */
  public static VaultAnswer nothing() {
    return NOTHING;
  }

  /** 200, with data. */
  public static VaultAnswer of(Map<String, ? extends @Nullable Object> data) {
    return new VaultAnswer(200, data, null, List.of(), Form.ENVELOPE);
  }

  /** 200, with data that are at the top level too. */
  public static VaultAnswer ofSystem(Map<String, ? extends @Nullable Object> data) {
    return new VaultAnswer(200, data, null, List.of(), Form.ENVELOPE_AND_TOP_LEVEL);
  }

  /** 200, after a login. */
  public static VaultAnswer ofLogin(Map<String, ? extends @Nullable Object> auth) {
    return new VaultAnswer(200, null, auth, List.of(), Form.ENVELOPE);
  }

  /** 200, with the keys of a list; 404 if there are none ({@code response_util.go}). */
  public static VaultAnswer ofKeys(List<String> keys) {
    if (keys.isEmpty()) {
      throw VaultFailure.notFound();
    }
    return of(Map.of("keys", keys));
  }

  /** Without an envelope. */
  public static VaultAnswer bare(int status, Map<String, ? extends @Nullable Object> body) {
    return new VaultAnswer(status, body, null, List.of(), Form.BARE);
  }

  /** The same answer with another status. */
  public VaultAnswer withStatus(int newStatus) {
    return new VaultAnswer(newStatus, data, auth, warnings, form);
  }

  /** The same answer with a warning more; an empty one becomes 200. */
  public VaultAnswer withWarning(String warning) {
    List<String> more = new ArrayList<>(warnings);
    more.add(warning);
    return new VaultAnswer(status == 204 ? 200 : status, data, auth, List.copyOf(more), form);
  }
}
