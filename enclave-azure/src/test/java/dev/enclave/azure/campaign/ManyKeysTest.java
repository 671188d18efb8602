package dev.enclave.azure.campaign;

import dev.enclave.campaign.ManyKeysCampaign;

class ManyKeysTest extends ManyKeysCampaign {

  ManyKeysTest() {
    super(new AzureUnderTest());
  }
}
