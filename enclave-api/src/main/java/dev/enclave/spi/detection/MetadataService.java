package dev.enclave.spi.detection;

/**
 * The way to a cloud's instance metadata service. Thread-safe.
 *
 * <p>No proxy, no redirects, no name resolution; what answers there is nobody's word for anything
 * but a hint.
 */
@FunctionalInterface
public interface MetadataService extends AutoCloseable {

  /** One exchange of a second at most; whatever goes wrong is {@link MetadataAnswer.Silent}. */
  MetadataAnswer send(MetadataRequest request);

  /** Ends what it holds; nobody answers from then on. Idempotent. */
  @Override
  default void close() {}
}
