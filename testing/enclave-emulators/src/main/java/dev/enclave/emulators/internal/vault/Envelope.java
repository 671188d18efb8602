package dev.enclave.emulators.internal.vault;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.enclave.emulators.internal.vault.common.VaultAnswer;
import dev.enclave.emulators.internal.vault.common.VaultFailure;
import dev.enclave.emulators.wire.ServiceResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes answers and errors ({@code sdk/logical/translate_response.go}): null members stay. */
final class Envelope {

  private static final JsonFactory FACTORY = new JsonFactory();

  private Envelope() {}

  static ServiceResponse of(VaultAnswer answer, String requestId) {
    if (answer.status() == 204) {
      return ServiceResponse.of(204, new byte[0]).withHeader("Cache-Control", "no-store");
    }
    Map<String, @Nullable Object> body = new LinkedHashMap<>();
    Map<String, ? extends @Nullable Object> data = answer.data();
    if (data == null && answer.form() == VaultAnswer.Form.BARE) {
      return ServiceResponse.of(answer.status(), new byte[0]);
    }
    if (answer.form() != VaultAnswer.Form.BARE) {
      if (answer.form() == VaultAnswer.Form.ENVELOPE_AND_TOP_LEVEL && data != null) {
        body.putAll(data);
      }
      body.put("request_id", requestId);
      body.put("lease_id", "");
      body.put("renewable", false);
      body.put("lease_duration", 0);
      body.put("data", data);
      body.put("wrap_info", null);
      body.put("warnings", answer.warnings().isEmpty() ? null : answer.warnings());
      body.put("auth", answer.auth());
    } else if (data != null) {
      body.putAll(data);
    }
    return json(answer.status(), body);
  }

  static ServiceResponse of(VaultFailure failure) {
    Map<String, @Nullable Object> body = new LinkedHashMap<>();
    body.put("errors", failure.errors());
    failure.data().ifPresent(data -> body.put("data", data));
    ServiceResponse response =
        json(failure.status(), body)
            .failedWith(failure.errors().isEmpty() ? statusOf(failure) : textOf(failure));
    return failure.retryAfter().isPresent()
        ? response.withHeader("Retry-After", Integer.toString(failure.retryAfter().getAsInt()))
        : response;
  }

  private static String statusOf(VaultFailure failure) {
    return Integer.toString(failure.status());
  }

  /** On one line, for the journal. */
  private static String textOf(VaultFailure failure) {
    return String.join("; ", failure.errors()).replaceAll("\\s+", " ").strip();
  }

  private static ServiceResponse json(int status, Map<String, ? extends @Nullable Object> body) {
    return ServiceResponse.of(status, written(body))
        .withHeader("Content-Type", "application/json")
        .withHeader("Cache-Control", "no-store");
  }

  /** A JSON text, with the line break that Go's encoder puts at its end. */
  static byte[] written(Map<String, ? extends @Nullable Object> body) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(512);
    try (JsonGenerator generator = FACTORY.createGenerator(out)) {
      write(generator, body);
      generator.writeRaw('\n');
    } catch (IOException e) {
      throw new IllegalStateException("Memory refused to be written to.", e);
    }
    return out.toByteArray();
  }

  private static void write(JsonGenerator generator, @Nullable Object value) throws IOException {
    if (value instanceof Map<?, ?> map) {
      generator.writeStartObject();
      for (Map.Entry<?, ?> member : map.entrySet()) {
        generator.writeFieldName((String) member.getKey());
        write(generator, member.getValue());
      }
      generator.writeEndObject();
    } else if (value instanceof List<?> list) {
      generator.writeStartArray();
      for (Object item : list) {
        write(generator, item);
      }
      generator.writeEndArray();
    } else if (value == null) {
      generator.writeNull();
    } else if (value instanceof byte[] bytes) {
      generator.writeString(Base64.getEncoder().encodeToString(bytes));
    } else if (value instanceof Boolean flag) {
      generator.writeBoolean(flag);
    } else if (value instanceof BigDecimal number) {
      generator.writeNumber(number.toPlainString());
    } else if (value instanceof Number number) {
      generator.writeNumber(number.longValue());
    } else {
      generator.writeString(value.toString());
    }
  }
}
