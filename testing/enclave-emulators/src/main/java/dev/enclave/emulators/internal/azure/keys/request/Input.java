package dev.enclave.emulators.internal.azure.keys.request;

import dev.enclave.emulators.internal.azure.common.AzureFailure;
import dev.enclave.emulators.internal.azure.common.Base64Url;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The members of one request. Of the wrong type or missing: 400 BadParameter ("Authentication,
 * requests and responses", Error responses: 4xx for invalid parameters).
 */
public final class Input {

  private final Map<String, @Nullable Object> members;

  public Input(Map<String, @Nullable Object> members) {
    this.members = members;
  }

  public boolean has(String name) {
    return members.get(name) != null;
  }

  public Optional<String> text(String name) {
    return member(name, String.class, "a string");
  }

  public String requiredText(String name) {
    return text(name).orElseThrow(() -> missing(name));
  }

  public Optional<Boolean> flag(String name) {
    return member(name, Boolean.class, "a boolean");
  }

  public Optional<Long> integer(String name) {
    return member(name, BigDecimal.class, "an integer")
        .map(
            number -> {
              try {
                return number.longValueExact();
              } catch (ArithmeticException e) {
                throw wrongType(name, "an integer");
              }
            });
  }

  /** "About keys, secrets and certificates", Data types: Base64url encoded. */
  public Optional<byte[]> bytes(String name) {
    return text(name)
        .map(text -> Base64Url.decode(text).orElseThrow(() -> wrongType(name, "Base64url")));
  }

  public byte[] requiredBytes(String name) {
    return bytes(name).orElseThrow(() -> missing(name));
  }

  public Optional<Input> object(String name) {
    return member(name, Map.class, "an object").map(map -> new Input(members(map)));
  }

  public Input requiredObject(String name) {
    return object(name).orElseThrow(() -> missing(name));
  }

  public Optional<List<String>> texts(String name) {
    return member(name, List.class, "an array")
        .map(
            list -> {
              List<String> texts = new ArrayList<>();
              for (Object item : list) {
                if (!(item instanceof String text)) {
                  throw wrongType(name, "an array of strings");
                }
                texts.add(text);
              }
              return texts;
            });
  }

  public List<Input> objects(String name) {
    List<Input> objects = new ArrayList<>();
    for (Object item : member(name, List.class, "an array").orElse(List.of())) {
      if (!(item instanceof Map<?, ?> map)) {
        throw wrongType(name, "an array of objects");
      }
      objects.add(new Input(members(map)));
    }
    return objects;
  }

  public Optional<Map<String, String>> textMap(String name) {
    return object(name)
        .map(
            object -> {
              Map<String, String> texts = new LinkedHashMap<>();
              object.members.forEach(
                  (key, value) -> {
                    if (!(value instanceof String text)) {
                      throw wrongType(name, "an object of strings");
                    }
                    texts.put(key, text);
                  });
              return texts;
            });
  }

  private <T> Optional<T> member(String name, Class<T> type, String wanted) {
    Object value = members.get(name);
    if (value == null) {
      return Optional.empty();
    }
    if (!type.isInstance(value)) {
      throw wrongType(name, wanted);
    }
    return Optional.of(type.cast(value));
  }

  @SuppressWarnings("unchecked") // Json makes maps with String keys alone.
  private static Map<String, @Nullable Object> members(Map<?, ?> map) {
    return (Map<String, @Nullable Object>) map;
  }

  private static AzureFailure missing(String name) {
    return AzureFailure.badParameter("Property '" + name + "' is required.");
  }

  private static AzureFailure wrongType(String name, String wanted) {
    return AzureFailure.badParameter("Property '" + name + "' must be " + wanted + ".");
  }
}
