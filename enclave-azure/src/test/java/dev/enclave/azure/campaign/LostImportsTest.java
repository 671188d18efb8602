package dev.enclave.azure.campaign;

import dev.enclave.campaign.LostImportsCampaign;

class LostImportsTest extends LostImportsCampaign {

  LostImportsTest() {
    super(new AzureUnderTest());
  }
}
