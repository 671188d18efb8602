package dev.enclave.azure.campaign;

import dev.enclave.campaign.StartCampaign;

class StartTest extends StartCampaign {

  StartTest() {
    super(new AzureUnderTest());
  }
}
