package dev.enclave.vault.campaign;

import dev.enclave.campaign.NamesCampaign;

class NamesTest extends NamesCampaign {

  NamesTest() {
    super(new VaultUnderTest(), "kv/data:write");
  }

  /** The first enters the new version. */
  @Override
  protected int activatingRequest() {
    return 2;
  }
}
