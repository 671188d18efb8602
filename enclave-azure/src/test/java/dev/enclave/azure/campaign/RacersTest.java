package dev.enclave.azure.campaign;

import dev.enclave.campaign.RacersCampaign;

class RacersTest extends RacersCampaign {

  RacersTest() {
    super(new AzureUnderTest());
  }
}
