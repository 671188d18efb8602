package dev.enclave.vault.campaign;

import dev.enclave.campaign.ManyKeysCampaign;

class ManyKeysTest extends ManyKeysCampaign {

  ManyKeysTest() {
    super(new VaultUnderTest());
  }
}
