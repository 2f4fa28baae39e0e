"""What the JSON routes add to the view objects of `qm.services.views`, which serve as response models themselves."""
