// Words for kinds of things and the COCO labels of that kind: "vehicle" asks for cars, buses, bicycles and so on.
// Source: the supercategories of the COCO dataset (Lin et al. 2014), those that people use as a word.
export const LABEL_GROUPS: Readonly<Record<string, readonly string[]>> = {
  vehicle: ['car', 'truck', 'bus', 'motorcycle', 'bicycle', 'train', 'boat', 'airplane'],
  animal: ['bird', 'cat', 'dog', 'horse', 'sheep', 'cow', 'elephant', 'bear', 'zebra', 'giraffe'],
  food: ['banana', 'apple', 'sandwich', 'orange', 'broccoli', 'carrot', 'hot dog', 'pizza', 'donut', 'cake'],
  furniture: ['chair', 'couch', 'bed', 'dining table'],
  appliance: ['microwave', 'oven', 'toaster', 'refrigerator'],
}
