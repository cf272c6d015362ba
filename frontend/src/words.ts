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
  "录一段话": "Record a voice note",
  "停止": "Stop",
  "放弃": "Discard",
  "录音": "recording",
  "等待允许使用麦克风…": "Waiting for permission to use the microphone…",
  "正在录音": "Recording",
  "已录好 {0},可以先听一遍。": "Recorded {0}; you can listen to it first.",
  "已放弃这段录音。": "The recording was discarded.",
  "没有提交的录音还在,可以先听一遍。": "The recording you had not submitted is still here; you can listen to it first.",
  "浏览器没有允许使用麦克风;请在地址栏旁允许,或选一个录音文件。":
    "The browser does not allow the microphone; allow it beside the address bar, or choose a sound file.",
  "没有找到麦克风;请选一个录音文件。": "No microphone was found; choose a sound file.",
  "现在录不了音;请选一个录音文件。": "Recording does not work now; choose a sound file.",
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
