package dev.enclave.testkit.record;

/**
 * Everything a {@link dev.enclave.spi.record.RecordStore} must do.
 *
 * <pre>{@code
 * class MyStoreTest implements RecordStoreContract {
 *   @Override
 *   public RecordStore open() throws BackendFailure {
 *     return new MyStore(directory);
 *   }
 *   …
 * }
 * }</pre>
 */
public interface RecordStoreContract
    extends RecordContentContract, RecordRaceContract, RecordListingContract {}
