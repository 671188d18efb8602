package dev.enclave.emulators.gcp;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.cloud.kms.v1.KmsProto;
import dev.enclave.emulators.GcpKmsServer;
import dev.enclave.processes.Checkout;
import io.grpc.CallOptions;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import java.nio.file.Files;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The server beside the API's own definition. */
class GcpApiDefinitionTest {

  private final GcpKmsServer server = GcpKmsServer.builder().start();
  private final ManagedChannel channel =
      Grpc.newChannelBuilder(server.target(), InsecureChannelCredentials.create())
          .intercept(MetadataUtils.newAttachHeadersInterceptor(authorization()))
          .build();

  @AfterEach
  void stop() {
    channel.shutdownNow();
    server.close();
  }

  /** An empty request is refused for what it lacks, or because nobody serves it. */
  @Test
  void theDocumentSaysWhichMethodsAreServed_andWhichAreNot() throws Exception {
    String document = Files.readString(Checkout.root().resolve("docs/emulators.md"));
    String served = section(document, "## What the Cloud KMS server serves");
    String notServed = section(document, "## What the Cloud KMS server does not serve");

    for (var method :
        KmsProto.getDescriptor().findServiceByName("KeyManagementService").getMethods()) {
      String where = isServed(method.getName()) ? served : notServed;
      assertThat(where).containsPattern("\\b" + method.getName() + "\\b");
    }
  }

  private boolean isServed(String method) {
    return statusOf(method) != Status.Code.UNIMPLEMENTED;
  }

  private Status.Code statusOf(String method) {
    MethodDescriptor<byte[], byte[]> descriptor =
        MethodDescriptor.newBuilder(Raw.MARSHALLER, Raw.MARSHALLER)
            .setType(MethodDescriptor.MethodType.UNARY)
            .setFullMethodName("google.cloud.kms.v1.KeyManagementService/" + method)
            .build();
    try {
      ClientCalls.blockingUnaryCall(channel, descriptor, CallOptions.DEFAULT, new byte[0]);
      return Status.Code.OK;
    } catch (StatusRuntimeException e) {
      return e.getStatus().getCode();
    }
  }

  @Test
  void aMethodThatDoesNotExistIsUnimplemented() {
    assertThat(statusOf("StealKey")).isEqualTo(Status.Code.UNIMPLEMENTED);
    assertThat(operations()).contains("StealKey");
  }

  private Set<String> operations() {
    Set<String> names = new TreeSet<>();
    server.journal().entries().forEach(entry -> names.add(entry.operation()));
    return names;
  }

  /** Bytes as they are. */
  private enum Raw implements MethodDescriptor.Marshaller<byte[]> {
    MARSHALLER;

    @Override
    public java.io.InputStream stream(byte[] value) {
      return new java.io.ByteArrayInputStream(value);
    }

    @Override
    public byte[] parse(java.io.InputStream stream) {
      return new byte[0];
    }
  }

  private Metadata authorization() {
    Metadata metadata = new Metadata();
    metadata.put(
        Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER),
        "Bearer " + server.accessToken());
    return metadata;
  }

  private static String section(String document, String title) {
    String rest = document.substring(document.indexOf(title) + title.length());
    int end = rest.indexOf("\n## ");
    return end < 0 ? rest : rest.substring(0, end);
  }
}
