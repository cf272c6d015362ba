/** The few words that scripts add to a page, in the language of the page. */

const ENGLISH: Record<string, string> = {
  "清空重填": "Clear and start again",
  "已恢复上次没有提交的内容(照片需要重新选择)。": "What you had not submitted last time is back (choose the photos again).",
  "关闭": "Close",
  "正在提交…": "Submitting…",
  "地图选点:方向键移动,按住 Shift 细调,回车放到中间,删除键取消":
    "Choose a point on the map: arrow keys move it, Shift for small steps, Enter puts it in the middle, Delete removes it",
  "已选位置:东经 {0}°,北纬 {1}°": "Chosen: longitude {0}° E, latitude {1}° N",
  "还没有选位置": "No point chosen yet",
  "去掉": "Remove",
  "去掉 {0}": "Remove {0}",
  "用照片的拍摄位置作地点": "Use the place where the photo was taken",
  "拍摄位置不在图上": "The photo was taken outside this map",
  "已复制": "Copied",
  "筛选:{0}": "Filter: {0}",
  "输入文字或拼音首字母筛选": "Type to filter",
};

/** `text` in the page's language, with {0}, {1} … replaced by `values`. */
export function said(text: string, ...values: string[]): string {
  const english = document.documentElement.lang.startsWith("en") ? ENGLISH[text] : undefined;
  return (english ?? text).replace(/\{(\d)\}/g, (place, index: string) => values[Number(index)] ?? place);
}
