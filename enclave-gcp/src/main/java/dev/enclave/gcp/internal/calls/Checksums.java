package dev.enclave.gcp.internal.calls;

import com.google.cloud.kms.v1.Digest;
import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Int64Value;
import com.google.protobuf.Message;
import com.google.protobuf.MessageOrBuilder;
import dev.enclave.spi.BackendFailure;
import java.util.zip.CRC32C;

/**
 * Checksums of Cloud KMS: CRC32C (RFC 3720 §12.1), as an unsigned number in a 64-bit field beside
 * the one that it is of ("Verify end-to-end data integrity", Cloud KMS documentation). Whatever
 * field has one, in a request or an answer, is covered.
 */
final class Checksums {

  private static final String OF = "_crc32c";
  private static final String VERIFIED = "verified_";

  private Checksums() {}

  /** Adds those of what the request has. */
  static void add(Message.Builder request) {
    for (FieldDescriptor field : request.getDescriptorForType().getFields()) {
      if (field.getName().endsWith(OF) && !bytes(request, field).isEmpty()) {
        request.setField(field, Int64Value.of(crc32c(bytes(request, field))));
      }
    }
  }

  /**
   * Checks that the service has got the request's fields as they were sent, and that those of its
   * answer are as it sent them; one without a checksum is not believed either.
   */
  static void require(Message request, Message answer) throws BackendFailure {
    for (FieldDescriptor field : answer.getDescriptorForType().getFields()) {
      String name = field.getName();
      if (name.startsWith(VERIFIED)) {
        String sent = name.substring(VERIFIED.length());
        FieldDescriptor asked = request.getDescriptorForType().findFieldByName(sent);
        if (request.hasField(asked) && !(Boolean) answer.getField(field)) {
          throw wrong("it did not say that the request's " + of(sent) + " came undamaged");
        }
      } else if (name.endsWith(OF)) {
        if (!answer.hasField(field)) {
          throw wrong("there was no checksum of its " + of(name));
        }
        if (((Int64Value) answer.getField(field)).getValue() != crc32c(bytes(answer, field))) {
          throw wrong("its " + of(name) + " is damaged: its checksum is another");
        }
      }
    }
  }

  private static BackendFailure wrong(String what) {
    return GcpCalls.REFUSALS.wrongAnswer(what);
  }

  private static String of(String checksum) {
    return checksum.substring(0, checksum.length() - OF.length());
  }

  private static ByteString bytes(MessageOrBuilder message, FieldDescriptor checksum) {
    String of = of(checksum.getName());
    Object value = message.getField(message.getDescriptorForType().findFieldByName(of));
    return value instanceof Digest digest
        ? digest.getAllFields().values().stream()
            .findFirst()
            .map(ByteString.class::cast)
            .orElse(ByteString.EMPTY)
        : value instanceof ByteString bytes ? bytes : ByteString.copyFromUtf8((String) value);
  }

  private static long crc32c(ByteString bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes.asReadOnlyByteBuffer());
    return crc.getValue();
  }
}
