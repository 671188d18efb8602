package dev.enclave.browser;

class InMemoryWalletStoreTest extends WalletStoreContract {

  private final WalletStore store = new InMemoryWalletStore();

  @Override
  WalletStore store() {
    return store;
  }
}
