package dev.enclave.emulators.internal.grpc;

import io.grpc.Metadata;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Metadata as text; values of names that end in {@code -bin} are Base64, as on the wire. */
final class Headers {

  private Headers() {}

  static Map<String, List<String>> toMap(Metadata metadata) {
    Map<String, List<String>> headers = new LinkedHashMap<>();
    for (String name : metadata.keys()) {
      headers.put(name, values(metadata, name));
    }
    return headers;
  }

  private static List<String> values(Metadata metadata, String name) {
    List<String> values = new ArrayList<>();
    if (name.endsWith(Metadata.BINARY_HEADER_SUFFIX)) {
      Iterable<byte[]> found =
          metadata.getAll(Metadata.Key.of(name, Metadata.BINARY_BYTE_MARSHALLER));
      if (found != null) {
        found.forEach(value -> values.add(Base64.getEncoder().encodeToString(value)));
      }
    } else {
      Iterable<String> found =
          metadata.getAll(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER));
      if (found != null) {
        found.forEach(values::add);
      }
    }
    return values;
  }

  static Metadata toMetadata(Map<String, String> headers) {
    Metadata metadata = new Metadata();
    headers.forEach(
        (name, value) -> {
          if (name.endsWith(Metadata.BINARY_HEADER_SUFFIX)) {
            metadata.put(
                Metadata.Key.of(name, Metadata.BINARY_BYTE_MARSHALLER),
                Base64.getDecoder().decode(value));
          } else {
            metadata.put(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER), value);
          }
        });
    return metadata;
  }
}
