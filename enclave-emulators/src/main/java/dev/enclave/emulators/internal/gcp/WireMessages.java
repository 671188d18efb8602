package dev.enclave.emulators.internal.gcp;

import com.google.cloud.kms.v1.KmsProto;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.enclave.emulators.wire.ServiceResponse;
import java.util.Optional;

/** Answers of Cloud KMS as messages whose fields have names. */
final class WireMessages {

  private WireMessages() {}

  /** What {@code answer} to {@code operation} says; empty for errors and unknown operations. */
  static Optional<DynamicMessage> read(String operation, ServiceResponse answer) {
    return answer.status() == 200
        ? type(operation).map(type -> parsed(type, answer.body()))
        : Optional.empty();
  }

  private static Optional<Descriptor> type(String operation) {
    return Optional.ofNullable(
            KmsProto.getDescriptor()
                .findServiceByName("KeyManagementService")
                .findMethodByName(operation))
        .map(MethodDescriptor::getOutputType);
  }

  private static DynamicMessage parsed(Descriptor type, byte[] body) {
    try {
      return DynamicMessage.parseFrom(type, body);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("An answer is not of its own type.");
    }
  }
}
